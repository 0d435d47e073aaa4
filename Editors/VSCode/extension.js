// Starts `route-gen lsp` and connects it with the editor. Everything else is the server's business.
const fs = require('node:fs');
const path = require('node:path');
const vscode = require('vscode');
const { LanguageClient } = require('vscode-languageclient/node');

let client;

function serverPath() {
  const configured = vscode.workspace.getConfiguration('zerver').get('routeGen.path');
  if (configured) return configured;
  for (const folder of vscode.workspace.workspaceFolders ?? []) {
    for (const configuration of ['release', 'debug']) {
      const built = path.join(folder.uri.fsPath, '.build', configuration, 'route-gen');
      if (fs.existsSync(built)) return built;
    }
  }
  return 'route-gen';
}

async function activate() {
  const server = { command: serverPath(), args: ['lsp'] };
  client = new LanguageClient('zerver-flow', 'Zerver flows', server, {
    // Which other files are to be watched is what the server asks for.
    documentSelector: [{ scheme: 'file', language: 'flow' }],
  });
  try {
    await client.start();
  } catch (error) {
    vscode.window.showErrorMessage(
      `I cannot start ${server.command}: ${error.message}. Run "swift build --product route-gen", or set zerver.routeGen.path.`);
  }
}

function deactivate() {
  return client?.stop();
}

module.exports = { activate, deactivate, serverPath };

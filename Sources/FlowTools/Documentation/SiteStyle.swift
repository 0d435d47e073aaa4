/// The look of every page. It stands in the page itself, so that one file can be sent to somebody and still be read.
enum SiteStyle {
  static let css = """
    :root { color-scheme: light dark; --ground: #ffffff; --raised: #f6f7f9; --line: #dfe3e8; --ink: #1b2430; --soft: #566373;
      --accent: #0b5fcc; --code: #f0f2f5; --get: #0b6b3a; --post: #0b5fcc; --put: #8a4b00; --delete: #b3261e; --warn: #7a4a00;
      --warn-ground: #fff4dc; --warn-line: #e6b450; --gone: #9b1c14; --gone-ground: #fdeceb; --gone-line: #e59a94; --ok: #0b6b3a; --new: #6a3fb5 }
    @media (prefers-color-scheme: dark) { :root { --ground: #11161d; --raised: #1a212b; --line: #2f3946; --ink: #e6ebf1; --soft: #9fadbd;
      --accent: #7ab4ff; --code: #212a36; --get: #62d39a; --post: #7ab4ff; --put: #f0b46a; --delete: #ff9d95; --warn: #f3cd84;
      --warn-ground: #2d2412; --warn-line: #7d6124; --gone: #ffb1aa; --gone-ground: #351b19; --gone-line: #8a3a34; --ok: #62d39a; --new: #c3a6ff } }
    * { box-sizing: border-box }
    html { scroll-padding-top: 1rem; -webkit-text-size-adjust: 100% }
    body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif }
    a { color: var(--accent); text-underline-offset: .15em }
    a:focus-visible, input:focus-visible, select:focus-visible, summary:focus-visible, pre:focus-visible, .scroll:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px }
    .skip { position: absolute; left: -999px } .skip:focus { left: 1rem; top: .5rem; background: var(--ground); padding: .5rem 1rem; z-index: 1 }
    header.site { border-bottom: 1px solid var(--line); background: var(--raised) }
    header.site > div, main, footer { max-width: 70rem; margin: 0 auto; padding: 0 1.25rem }
    header.site > div { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; align-items: baseline; padding-block: .8rem }
    header.site a { text-decoration: none } header.site a:hover { text-decoration: underline }
    header.site .brand { font-weight: 650; color: var(--ink) } header.site nav { display: flex; gap: 1.1rem }
    header.site a[aria-current] { color: var(--ink); font-weight: 600 }
    main { padding-block: 1.6rem 3rem } footer { color: var(--soft); font-size: .875rem; border-top: 1px solid var(--line); padding-block: 1rem 2rem }
    h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .4rem; letter-spacing: -.01em; overflow-wrap: anywhere }
    h2 { font-size: 1.2rem; margin: 2.2rem 0 .7rem; line-height: 1.3 } h3 { font-size: 1rem; margin: 1.3rem 0 .5rem }
    p { margin: .5rem 0; max-width: 46rem } .lead { font-size: 1.06rem } .soft { color: var(--soft) }
    code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .875em }
    code { background: var(--code); padding: .1em .35em; border-radius: 4px; overflow-wrap: anywhere }
    a code { color: inherit } pre code, .path code, td.term code { background: none; padding: 0 }
    pre { background: var(--code); padding: .8rem 1rem; border-radius: 8px; overflow-x: auto; margin: .5rem 0; line-height: 1.45; font-size: .84rem }
    .path { display: flex; flex-wrap: wrap; gap: .6rem; align-items: center; margin: .6rem 0; font-size: 1.05rem }
    .method { font: 650 .75rem/1 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; letter-spacing: .03em; padding: .3rem .45rem; border: 1px solid currentColor; border-radius: 5px; display: inline-block; min-width: 3.6rem; text-align: center }
    .GET, .HEAD { color: var(--get) } .POST { color: var(--post) } .PUT, .PATCH { color: var(--put) } .DELETE { color: var(--delete) }
    .chip { display: inline-block; border: 1px solid var(--line); border-radius: 99px; padding: .08rem .6rem; font-size: .8125rem; color: var(--soft); text-decoration: none; white-space: nowrap }
    a.chip { color: var(--accent) } .chip[aria-current] { color: var(--ink); border-color: var(--ink); font-weight: 600 }
    .status { font-size: .8125rem; font-weight: 600; white-space: nowrap } .status::before { content: ""; display: inline-block; width: .55em; height: .55em; border-radius: 50%; background: currentColor; margin-right: .4em }
    .active { color: var(--ok) } .deprecated { color: var(--warn) } .retired { color: var(--gone) } .experimental { color: var(--new) }
    .banner { border: 1px solid; border-left-width: 5px; border-radius: 8px; padding: .7rem 1rem; margin: 1rem 0; max-width: 52rem } .banner p { margin: .2rem 0 }
    .banner.deprecated { background: var(--warn-ground); border-color: var(--warn-line) } .banner.retired { background: var(--gone-ground); border-color: var(--gone-line) }
    .banner.experimental { background: var(--raised); border-color: var(--new) } .banner > p, .banner li { color: var(--ink) }
    .scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; margin: .6rem 0 }
    table { border-collapse: collapse; width: 100%; font-size: .9375rem } th, td { text-align: left; vertical-align: top; padding: .5rem .8rem; border-bottom: 1px solid var(--line) }
    tbody tr:last-child > * { border-bottom: 0 } thead th { background: var(--raised); font-size: .8125rem; color: var(--soft); font-weight: 600; white-space: nowrap }
    tbody th { font-weight: inherit } td.term, td.type, th.term { white-space: nowrap } td .note, li .note { display: block; color: var(--soft); font-size: .875rem } td p { margin: 0 }
    .flow { display: grid; grid-template-columns: minmax(0, 1fr) 18rem; gap: 0 2.5rem; align-items: start } .flow > * { min-width: 0 }
    aside { border: 1px solid var(--line); border-radius: 8px; padding: .4rem 1rem; font-size: .9375rem; margin-top: .6rem } dl { margin: 0 } aside dl > div { padding: .45rem 0; border-bottom: 1px solid var(--line) } aside dl > div:last-child { border: 0 }
    dt { color: var(--soft); font-size: .8125rem } dd { margin: 0; overflow-wrap: anywhere }
    .filters { display: flex; flex-wrap: wrap; gap: .6rem; margin: 1rem 0 .8rem } .filters label { display: flex; flex-direction: column; font-size: .8125rem; color: var(--soft); gap: .15rem } .filters .find { flex: 1 1 16rem }
    input, select { font: inherit; color: var(--ink); background: var(--ground); border: 1px solid var(--line); border-radius: 6px; padding: .42rem .6rem; width: 100% }
    .flows { list-style: none; padding: 0; margin: 0; border: 1px solid var(--line); border-radius: 8px } .flows li { display: grid; grid-template-columns: 4.6rem minmax(0, 1fr) auto; gap: .1rem .9rem; padding: .7rem .9rem; border-bottom: 1px solid var(--line); align-items: start } .flows li:last-child { border: 0 } .flows li[hidden] { display: none }
    .flows .what a { font-weight: 600; text-decoration: none; overflow-wrap: anywhere } .flows .what a:hover { text-decoration: underline } .flows .what p { margin: 0; color: var(--soft); font-size: .9375rem } .flows .who { text-align: right; font-size: .875rem; color: var(--soft) } .flows .method { margin-top: .1rem }
    .more { display: flex; flex-wrap: wrap; gap: .3rem; margin-top: .25rem } .columns { columns: 15rem; padding: 0; list-style: none } .columns li { padding: .15rem 0; break-inside: avoid }
    .plan { padding-left: 1.2rem } .plan ul, .plan ol { padding-left: 1.3rem } .plan li { margin: .2rem 0 } .graph { overflow: auto; border: 1px solid var(--line); border-radius: 8px; padding: .6rem; background: var(--ground) } .graph svg { max-width: 100%; height: auto; display: block; margin: auto }
    details { margin: .6rem 0 } summary { cursor: pointer; color: var(--accent) } .diff li.breaking::marker { content: "×  "; color: var(--gone) } .diff li.safe::marker { content: "+  "; color: var(--ok) }
    @media (max-width: 52rem) { .flow { grid-template-columns: minmax(0, 1fr) } aside { order: -1; margin-bottom: .5rem } aside dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); gap: 0 1rem } aside dl > div { border: 0 } }
    @media (max-width: 36rem) { body { font-size: 15px } h1 { font-size: 1.45rem } .flows li { grid-template-columns: minmax(0, 1fr) auto } .flows .method { justify-self: start } .flows .what { grid-column: 1 / -1 } .flows .who { grid-row: 1; grid-column: 2 }
      table.fields, table.fields tbody, table.fields tr, table.fields td { display: block } table.fields thead { position: absolute; left: -999px } table.fields tr { border-bottom: 1px solid var(--line); padding: .4rem 0 } table.fields tr:last-child { border: 0 } table.fields td { border: 0; padding: .1rem 0 .1rem .8rem; white-space: normal } table.fields td.term, table.fields td.type, table.fields td.presence { display: inline-block } table.fields td:empty { display: none } }
    @media print { header.site nav, .filters, .skip { display: none } body { font-size: 11pt } a { color: inherit } .scroll { overflow: visible } }
    """

  /// Filters the list of flows. Without scripts, the whole list is there.
  static let script = """
    (() => {
      const form = document.getElementById("filters"), items = [...document.querySelectorAll("#flows > li")], count = document.getElementById("count");
      const parts = Object.fromEntries(["find", "owner", "status", "tag"].map((name) => [name, document.getElementById(name)]));
      form.hidden = false;
      const apply = () => {
        const words = parts.find.value.toLowerCase().split(/\\s+/).filter(Boolean);
        let shown = 0;
        for (const item of items) {
          const data = item.dataset;
          const fits = words.every((word) => data.text.includes(word)) && ["owner", "status"].every((name) => !parts[name] || !parts[name].value || data[name] === parts[name].value)
            && (!parts.tag || !parts.tag.value || data.tags.split(" ").includes(parts.tag.value));
          item.hidden = !fits;
          if (fits) shown += 1;
        }
        count.textContent = shown === items.length ? `${shown} flows` : `${shown} of ${items.length} flows`;
        const state = new URLSearchParams(Object.entries(parts).filter(([, part]) => part && part.value).map(([name, part]) => [name, part.value])).toString();
        try { history.replaceState(null, "", state ? `#${state}` : location.pathname) } catch {}
      };
      for (const [name, value] of new URLSearchParams(location.hash.slice(1))) if (parts[name]) parts[name].value = value;
      form.addEventListener("input", apply);
      form.addEventListener("submit", (event) => event.preventDefault());
      document.addEventListener("keydown", (event) => {
        if (event.key === "/" && !/INPUT|SELECT/.test(document.activeElement.tagName)) { event.preventDefault(); parts.find.focus(); }
      });
      apply();
    })();
    """
}

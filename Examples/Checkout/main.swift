import Zerver

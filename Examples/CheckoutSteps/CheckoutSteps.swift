import ZerverCore

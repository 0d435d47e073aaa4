public import ZerverServer
public import ZerverDatabase

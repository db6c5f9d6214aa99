print("parseval")

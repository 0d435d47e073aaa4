import ArgumentParser

CheckoutCommand.main()

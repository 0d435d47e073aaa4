CheckoutCommand.main()

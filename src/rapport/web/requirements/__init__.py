"""What is made to measure for a customer: the register of a deal, one requirement with its versions, its files."""

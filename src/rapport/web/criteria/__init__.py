"""What the customer judges by: the matrix of criteria and offers, one criterion, the tender pack and its files."""

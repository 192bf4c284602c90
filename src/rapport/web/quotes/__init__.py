"""Pages of quotes: those of a deal, one of them as draft and as sent, its paper, approvals and who stands in."""

"""How likely an open deal is to be won, learnt from deals that were decided: snapshots, the model, its hold-out.

A snapshot is what was known of a deal on one day of its life. The model is a logistic regression on snapshots; it is
tried on later deals than those it was learnt from, beside the probability that the stage itself carries.
"""

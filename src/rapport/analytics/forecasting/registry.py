"""The entry of lifetime value in the registry of metrics."""

from rapport.analytics.registry import N_, Metric

METRIC = Metric(
    name="lifetime-value",
    title=N_("Lifetime value"),
    counts=N_("How often each customer is expected to buy again, and what that is worth over the coming weeks."),
    population=N_(
        "People with at least one purchase day, at least 100 of whom came back. Orders placed for a company are left "
        "out."
    ),
    window=N_(
        "Calibrated from the first record up to the chosen day; the forecast runs over 52 weeks from there, or as "
        "asked."
    ),
    rule=N_(
        "Of each customer count: purchase days after the first one (x), weeks from the first to the last (t_x), weeks "
        "from the first to the end of the calibration (T). Pareto/NBD, or BG/NBD where asked, fitted by maximum "
        "likelihood, gives the purchase days to expect and the probability that the customer is still there. "
        "Gamma-Gamma, fitted on those who came back without their first purchase day, gives the money of a purchase "
        "day. Value is the sum over four-week steps of expected purchase days times expected money, each step "
        "discounted to its middle. Standard errors come from the observed information. Where the records do not "
        "identify a model, none of its numbers is shown. The back-test fits on the earlier two thirds of the records "
        "and compares the forecast for the last third, at least four weeks, with what happened, beside the naive "
        "forecast that everybody goes on at x / T; by x it shows the mean per customer."
    ),
    unit=N_("purchase days; money"),
    source=N_(
        "Schmittlein, Morrison, Colombo (1987), Pareto/NBD; Fader, Hardie, Lee (2005), BG/NBD; Fader, Hardie (2013), "
        "Gamma-Gamma"
    ),
)

"""The logistic regression: fitted on snapshots, asked for many probabilities at once."""

import numpy as np

from rapport.analytics.registry import N_, Metric
from rapport.analytics.win_probability.explain import FEATURES, MOST_LOG_ODDS, Model
from rapport.analytics.win_probability.snapshots import Floats, Snapshots

METRIC = Metric(
    name="win-probability",
    title=N_("Win probability"),
    counts=N_("How likely each open deal is to be won, why, and how far such a forecast was off before."),
    population=N_(
        "Learnt from deals that were won or lost and whose history was recorded; told of open deals. Deals whose "
        "history is inferred teach nothing, since nobody knows when they stood where."
    ),
    window=N_("From the first record up to the chosen day, that day included."),
    rule=N_(
        "Of every decided deal the day it came up and every 30th day after it, while it was open, is one snapshot of "
        "what was known that day: its stage, as the log-odds with which deals in it were won, its age, the days in "
        "the stage, its amount, how often there was contact, the days since the last one, and the people of the "
        "committee in contact where a committee was recorded. A logistic regression with a light ridge penalty is "
        "fitted on the snapshots. A reason is what one of these adds to or takes from the log-odds of an average "
        "snapshot. The hold-out: fitted on deals decided by a day, tried on snapshots after it of deals decided "
        "since; the Brier score is the mean squared difference between the probability and what became of the deal, "
        "lower is better. No number below 30 won and 30 lost deals."
    ),
    unit=N_("probability"),
    source=N_("Hosmer, Lemeshow and Sturdivant (2013), Applied Logistic Regression; Brier (1950); van Houwelingen "
              "(2007), landmarks"),
)  # fmt: skip
FEWEST = 30
# A feature that is known of too few snapshots would speak of how the records are kept, not of deals.
KNOWN_SHARE = 0.25
RIDGE = 1.0
STEPS, CLOSE_ENOUGH = 50, 1e-9
SMALLEST_SCALE = 1e-9
# A stage begins with as many snapshots of the share won everywhere.
DRAWN_BY = 5.0


def fit(rows: Snapshots) -> Model:
    """The model of these snapshots, by Newton's method with a ridge penalty on standardised coefficients."""
    stages = _log_odds_of_stages(rows)
    values = _with_stages(rows, stages)
    known = ~np.isnan(values)
    shares = known.mean(axis=0) if len(rows) else np.zeros(len(FEATURES))
    # Without any known value there is no mean, and no warning about it either.
    means = np.where(known, values, 0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    filled = np.where(known, values, means)
    scales = filled.std(axis=0) if len(rows) else np.zeros(len(FEATURES))
    chosen = np.flatnonzero((shares >= KNOWN_SHARE) & (scales > SMALLEST_SCALE))
    design = np.column_stack([np.ones(len(rows)), (filled[:, chosen] - means[chosen]) / scales[chosen]])
    beta = _newton(design, rows.won.astype(np.float64))
    return Model(
        intercept=float(beta[0]),
        names=tuple(FEATURES[at] for at in chosen),
        coefficients=tuple(float(each) for each in beta[1:]),
        means=tuple(float(means[at]) for at in chosen),
        scales=tuple(float(scales[at]) for at in chosen),
        known=tuple(float(shares[at]) for at in chosen),
        stages=stages,
    )


def _log_odds_of_stages(rows: Snapshots) -> dict[int, float]:
    """How often deals on snapshots in each stage were won, drawn towards the share of all, as log-odds."""
    if not len(rows):
        return {}
    base = (rows.won.sum() + 1) / (len(rows) + 2)
    found = {}
    for stage in np.unique(rows.stage).tolist():
        won = rows.won[rows.stage == stage]
        share = (won.sum() + DRAWN_BY * base) / (len(won) + DRAWN_BY)
        found[int(stage)] = float(np.log(share / (1 - share)))
    return found


def _with_stages(rows: Snapshots, stages: dict[int, float]) -> Floats:
    """The values of the snapshots with the log-odds of their stages; not a number for a stage never seen."""
    values = rows.values.copy()
    values[:, FEATURES.index("stage")] = [stages.get(each, np.nan) for each in rows.stage.tolist()]
    return values


def _newton(design: Floats, won: Floats) -> Floats:
    """The coefficients at which the penalised likelihood is highest, the intercept first."""
    beta = np.zeros(design.shape[1])
    penalty = np.full(design.shape[1], RIDGE)
    penalty[0] = 0.0
    for _step in range(STEPS):
        chance = _share(design @ beta)
        weight = np.maximum(chance * (1 - chance), 1e-10)
        slope = design.T @ (won - chance) - penalty * beta
        curve = (design * weight[:, None]).T @ design + np.diag(penalty)
        change = np.linalg.solve(curve, slope)
        # A whole step may overshoot where nearly everything was won or lost; longer ones are cut.
        beta = beta + change / max(1.0, float(np.abs(change).max()) / 2)
        if np.abs(change).max() < CLOSE_ENOUGH:
            break
    return beta


def probability(model: Model, rows: Snapshots) -> Floats:
    """The probability of each snapshot."""
    chosen = [FEATURES.index(name) for name in model.names]
    means, scales = np.asarray(model.means), np.asarray(model.scales)
    picked = _with_stages(rows, model.stages)[:, chosen]
    picked = np.where(np.isnan(picked), means, picked)
    return _share(model.intercept + (picked - means) / scales @ np.asarray(model.coefficients))


def _share(log_odds: Floats) -> Floats:
    found: Floats = 1 / (1 + np.exp(-np.clip(log_odds, -MOST_LOG_ODDS, MOST_LOG_ODDS)))
    return found

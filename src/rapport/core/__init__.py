"""What every app stands on and no app owns: text folding, money, paging, audit, the outbox.

No word of the trade is known here. Nothing here imports another package of Rapport.
"""

"""Fields that a company adds of its own: to people, companies, deals and orders.

A definition says what the field is called, what it takes and who may see it; the values lie in the column `custom` of
each record, keyed by the code of the definition. Forms, lists, filters, segments, imports and the API ask here what
there is (`queries`), what a value must be (`rules`), how it is asked for (`conditions`) and how it is shown (`shown`).
"""

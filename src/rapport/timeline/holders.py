"""What timelines keep of persons and companies."""

from django.utils.translation import gettext_lazy as _

from rapport.core.holders import Holder, Same

OF_PERSONS = (
    Holder(
        column="timeline.InteractionPerson.person",
        label=_("Interactions"),
        same=(Same(("interaction",)),),
    ),
    Holder(column="timeline.Task.person", label=_("Tasks")),
)
OF_COMPANIES = (
    Holder(column="timeline.Interaction.company", label=_("Interactions"), forgotten=True),
    Holder(column="timeline.Task.company", label=_("Tasks")),
)

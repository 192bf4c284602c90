"""What timelines keep of persons and companies."""

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from rapport.core.held_files import FilesOf
from rapport.core.holders import Holder, Same
from rapport.timeline.attachments import Attachment
from rapport.timeline.models import Interaction, InteractionPerson


class TookPart(Holder):
    """Whoever took part in an interaction."""

    def erase(self, pk: int) -> int:
        """What happened with nobody else, and belongs to no company and to nothing else, goes with the person."""
        others = InteractionPerson.objects.filter(interaction=OuterRef("pk")).exclude(person=pk)
        alone = Interaction.objects.filter(~Exists(others), participants__person=pk, company=None)
        ids = set(alone.values_list("pk", flat=True))
        for relation in Interaction._meta.related_objects:
            model = relation.related_model
            if ids and model not in (InteractionPerson, Attachment):
                held = model._base_manager.filter(**{f"{relation.field.name}__in": ids})
                ids -= set(held.values_list(relation.field.attname, flat=True))
        return super().erase(pk) + Interaction.objects.filter(pk__in=ids).delete()[0]


OF_PERSONS = (
    TookPart(
        column="timeline.InteractionPerson.person",
        label=_("Interactions"),
        same=(Same(("interaction",)),),
        through="interaction",
    ),
    Holder(column="timeline.Task.person", label=_("Tasks")),
    Holder(column="timeline.Attachment.person", label=_("Files")),
)
OF_COMPANIES = (
    Holder(column="timeline.Interaction.company", label=_("Interactions"), forgotten=True),
    Holder(column="timeline.Task.company", label=_("Tasks")),
    Holder(column="timeline.Attachment.company", label=_("Files")),
)
FILES = (
    FilesOf(column="timeline.Attachment.person", label=_("Files"), path="person"),
    FilesOf(
        column="timeline.Attachment.interaction",
        label=_("Files of interactions"),
        path="interaction__participants__person",
    ),
)

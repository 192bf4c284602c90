"""People from files: who is matched, made, changed, left alone."""

from rapport.people.models import Person
from tests.imports.conftest import Importer, numbers, told


def test_people_are_made_and_the_same_file_changes_nothing(load: Importer) -> None:
    text = "external_id,full_name,email,phone\n1,Nguyễn Văn An,AN@Example.com,0912 345 678\n2,Đỗ Nguyên,,\n"
    assert told(load("people", text)) == numbers(rows=2, created=2)
    an = Person.objects.get(external_id="1")
    assert (an.full_name, an.email, an.phone) == ("Nguyễn Văn An", "an@example.com", "+84912345678")
    assert (an.sort_name, an.search_text) == ("nguyen van an", "nguyen van an")
    assert told(load("people", text)) == numbers(rows=2, unchanged=2)

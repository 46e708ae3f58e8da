"""Names hold digits and full stops; a helpline in one is found all the same."""

from __future__ import annotations

import pytest

from kit.text.names import claims_in

VALUES = (
    "3919",
    "17",
    "114",
    "116 006",
    "arretonslesviolences.gouv.fr",
    "https://arretonslesviolences.gouv.fr",
)


@pytest.mark.parametrize(
    "name",
    [
        "Imprimerie Exemple, 12 rue du Port, 44000 Nantes",
        "Imprimerie Exemple, 17 rue du Port, 44000 Nantes",
        "Imprimerie Exemple, 114 bis, avenue de la Gare, 17000 La Rochelle",
        "Imprenta Ejemplo, Calle Mayor 17, 28013 Madrid",
        "Drukkerij Voorbeeld, Diestsestraat 112, 3000 Leuven",
        "Exemple SARL, BP 17, 75017 Paris Cedex 17",
        "Exemple, Paris 17e",
        "imprimerie-exemple.fr",
        "www.lesviolettes.org, tél. 02 39 19 44 00",
        "Ne rien laisser passer 2026",
        "Collectif du 25 novembre",
        "S.A.R.L. Exemple 44",
    ],
)
def test_a_name_with_a_street_a_postcode_or_a_site_claims_nothing(name: str) -> None:
    assert claims_in(name, VALUES) == ()


@pytest.mark.parametrize(
    ("name", "claim"),
    [
        ("Association 3919", "3919"),
        ("Association 39 19", "3919"),
        ("Association 39.19", "3919"),
        ("Imprimerie Exemple, appelez le 17", "17"),
        ("17, c’est la police", "17"),
        ("SOS 114", "114"),
        ("Imprimerie Exemple 114, 12 rue du Port", "114"),
        ("Aide 116006", "116006"),
        ("Urgences 112", "112"),
        ("Association 3918", "3918"),
        ("arretonslesviolences.gouv.fr", "arretonslesviolences.gouv.fr"),
        ("arretonslesviolences.fr", "arretonslesviolences.fr"),
        ("www.arretons-les-violcences.org", "www.arretons-les-violcences.org"),
        ("stop-violences-femmes.gouv.fr", "stop-violences-femmes.gouv.fr"),
    ],
)
def test_a_helpline_in_a_name_is_found(name: str, claim: str) -> None:
    assert claims_in(name, VALUES) == (claim,)

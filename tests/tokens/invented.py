"""Invented people, among them those whose name is an everyday word."""

import random

FIRST = (
    "Anne",
    "Jean-Pierre",
    "Élise",
    "Zoé",
    "Claire",
    "Pierre",
    "Rose",
    "Olivier",
    "Noël",
    "François",
    "Chloé",
    "Maël",
    "Lang",
    "Petit",
)
EVERYDAY = (
    "Petit",
    "Lang",
    "Blanc",
    "Boulanger",
    "Page",
    "Rose",
    "Moulin",
    "Main",
    "Porte",
    "Deux",
    "Tours",
    "Nice",
    "Orange",
)


def people(n, seed=1):
    """``n`` people with every role; no two alike."""
    rng = random.Random(seed)

    def word():
        letters = (
            rng.choice("bcdfglmnprstv") + rng.choice(["a", "e", "i", "o", "u", "é", "ou", "è"]) for _ in range(4)
        )
        return "".join(letters).capitalize()

    def surname():
        return rng.choice([word(), f"{word()}-{word()}", f"de {word()}", f"d’{word()}", rng.choice(EVERYDAY)])

    def digits(size):
        return str(rng.randint(1, 9)) + "".join(rng.choice("0123456789") for _ in range(size - 1))

    return [
        {
            "person": f"{rng.choice(FIRST)} {surname()}",
            "company": f"{rng.choice(['SARL', 'Garage', 'Menuiserie'])} {word()} & Fils",
            "town": rng.choice([word(), f"Saint-{word()}", f"{word()}-sur-{word()}"]),
            "email": f"{word()}.{word()}@{word()}.example".lower(),
            "phone": f"0{digits(9)}",
            "siret": digits(14),
        }
        for _ in range(n)
    ]

from segmentation.facexformer.heads import TOKEN_HEADS
from segmentation.facexformer.labels import AGE_GROUPS, ATTRIBUTE_NAMES, GENDERS, RACES


def test_there_is_a_name_for_every_output():
    sizes = {head.name: head.size for head in TOKEN_HEADS}
    assert len(AGE_GROUPS) == sizes["age"]
    assert len(GENDERS) == sizes["gender"]
    assert len(RACES) == sizes["race"]
    assert len(set(ATTRIBUTE_NAMES)) == sizes["attributes"]


def test_orders_of_the_authors():
    # Issue 5 of Kartik-3004/facexformer; CelebA lists its attributes alphabetically, Male is the 21st, Young the last.
    assert GENDERS == ("male", "female")
    assert RACES == ("white", "black", "indian", "asian", "other")
    assert list(ATTRIBUTE_NAMES) == sorted(ATTRIBUTE_NAMES)
    assert ATTRIBUTE_NAMES[20] == "male"

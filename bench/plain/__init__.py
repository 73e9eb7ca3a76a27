"""The register part of the product written once more as an analyst would, in pandas and in polars: a yardstick.

From the extract that ``vielfalt synth`` writes, dirt and all, to the cells before protection, by the rules of
``vielfalt-1``. Nothing of the product's evaluation is used; ``shared`` says what is.
"""

"""Concentration, centralisation and clustering: where the areas lie and how large they are."""

from __future__ import annotations

from vielfalt.figures.indices import wording as say
from vielfalt.figures.indices.index import Index
from vielfalt.words import N_

ALL: tuple[Index, ...] = (
    Index(
        "delta",
        "concentration",
        N_("Delta"),
        N_("Half the sum over all areas of |share of the group − share of the land|."),
        "DEL = ½ Σ |xᵢ/X − aᵢ/A|",
        say.BOUNDS_LAND,
        0,
        1,
        "Hoover 1941, Journal of Economic History 1; Duncan, Cuzzort & Duncan 1961, Statistical Geography",
        say.CAVEAT_LAND,
        say.PEERS_SAME,
    ),
    Index(
        "absolute_concentration",
        "concentration",
        N_("Absolute concentration"),
        N_(
            "Land per member of the group between what it would be in the smallest and in the largest areas that "
            "hold as many residents."
        ),
        N_(
            "ACO = 1 − (Σ xᵢaᵢ/X − a₁) / (a₂ − a₁)  a₁, a₂: mean size per resident of the smallest and largest areas "
            "holding X residents"
        ),
        say.BOUNDS_FILLED,
        None,
        None,
        "Massey & Denton 1988, Social Forces 67",
        say.CAVEAT_ONE_SIZE,
        say.PEERS_EQUAL_SIZES,
    ),
    Index(
        "relative_concentration",
        "concentration",
        N_("Relative concentration"),
        N_(
            "Land per member of the group against land per person of everyone else, over the same for the smallest "
            "and largest areas."
        ),
        "RCO = ((Σ xᵢaᵢ/X) / (Σ yᵢaᵢ/Y) − 1) / (a₁/a₂ − 1)",
        say.BOUNDS_NO_BOUND,
        None,
        None,
        "Massey & Denton 1988, Social Forces 67",
        say.CAVEAT_ONE_SIZE,
        say.PEERS_EQUAL_SIZES,
    ),
    Index(
        "absolute_centralisation",
        "centralisation",
        N_("Absolute centralisation"),
        N_("How much earlier the group is met than land when walking outwards from the centre."),
        N_("ACE = Σ Xᵢ₋₁Aᵢ − Σ XᵢAᵢ₋₁  cumulated outwards"),
        say.BOUNDS_CENTRE,
        -1,
        1,
        "Massey & Denton 1988, Social Forces 67",
        say.CAVEAT_WHICH_CENTRE,
        say.PEERS_MEAN_CENTRE,
    ),
    Index(
        "relative_centralisation",
        "centralisation",
        N_("Relative centralisation"),
        N_("How much earlier the group is met than everyone else when walking outwards from the centre."),
        N_("RCE = Σ Xᵢ₋₁Yᵢ − Σ XᵢYᵢ₋₁  cumulated outwards"),
        say.BOUNDS_CENTRE,
        -1,
        1,
        "Duncan & Duncan 1955, American Journal of Sociology 60; Massey & Denton 1988, Social Forces 67",
        say.CAVEAT_WHICH_CENTRE,
        say.PEERS_MEAN_CENTRE,
    ),
    Index(
        "morrill",
        "clustering",
        N_("Segregation index less neighbours (Morrill)"),
        N_("Segregation index less the mean difference of the group's share between neighbouring areas."),
        N_("D(adj) = IS − Σᵢ Σⱼ cᵢⱼ |pᵢ − pⱼ| / Σᵢ Σⱼ cᵢⱼ  c: 1 for neighbours"),
        say.BOUNDS_NEIGHBOURS,
        None,
        1,
        "Morrill 1991, Geography Research Forum 11",
        say.CAVEAT_NEIGHBOURS,
        say.PEERS_QUEEN,
    ),
    Index(
        "wong_borders",
        "clustering",
        N_("Segregation index less borders (Wong)"),
        N_("The same with each difference weighted by the length of the shared border."),
        N_("D(w) = IS − Σᵢ Σⱼ bᵢⱼ |pᵢ − pⱼ| / Σᵢ Σⱼ bᵢⱼ  b: shared border"),
        say.BOUNDS_NEIGHBOURS,
        None,
        1,
        "Wong 1993, Urban Studies 30",
        say.CAVEAT_NEIGHBOURS,
        say.PEERS_BORDERS,
    ),
    Index(
        "wong_shapes",
        "clustering",
        N_("Segregation index less borders and shapes (Wong)"),
        N_(
            "The same, weighted also with the mean ratio of perimeter to size of both areas over the largest such "
            "ratio."
        ),
        N_("D(s) = IS − Σᵢ Σⱼ bᵢⱼ |pᵢ − pⱼ| (uᵢ/aᵢ + uⱼ/aⱼ) / (2 max(u/a) Σᵢ Σⱼ bᵢⱼ)  b: shared border, u: perimeter"),
        say.BOUNDS_NEIGHBOURS,
        None,
        1,
        "Wong 1993, Urban Studies 30",
        say.CAVEAT_NEIGHBOURS,
        say.PEERS_SHAPES,
    ),
    Index(
        "distance_isolation",
        "clustering",
        N_("Isolation with distance"),
        N_("Share of the group around its average member, nearer residents weighing more."),
        "DPxx = Σ xᵢ/X · Σⱼ cᵢⱼxⱼ / Σⱼ cᵢⱼtⱼ, cᵢⱼ = exp(−dᵢⱼ)",
        say.BOUNDS_SHARE,
        0,
        1,
        "Morgan 1983, Area 15",
        say.CAVEAT_DISTANCE,
        say.PEERS_FAR_WEIGHS,
    ),
    Index(
        "distance_interaction",
        "clustering",
        N_("Interaction with distance"),
        N_("Share of everyone else around its average member; with isolation with distance it makes 1."),
        "DPxy = Σ xᵢ/X · Σⱼ cᵢⱼyⱼ / Σⱼ cᵢⱼtⱼ",
        say.BOUNDS_SHARE,
        0,
        1,
        "Morgan 1983, Area 15",
        say.CAVEAT_DISTANCE,
        say.PEERS_FAR_WEIGHS,
    ),
    Index(
        "absolute_clustering",
        "clustering",
        N_("Absolute clustering"),
        N_(
            "Nearness of the group's members to one another beyond chance, over their nearness to all residents "
            "beyond chance."
        ),
        "ACL = (Σ xᵢ/X Σⱼ cᵢⱼxⱼ − X/n² Σᵢ Σⱼ cᵢⱼ) / (Σ xᵢ/X Σⱼ cᵢⱼtⱼ − X/n² Σᵢ Σⱼ cᵢⱼ)",
        say.BOUNDS_BY_CHANCE,
        None,
        None,
        "Massey & Denton 1988, Social Forces 67",
        say.CAVEAT_DISTANCE,
        say.PEERS_CONTIGUITY,
    ),
    Index(
        "relative_clustering",
        "clustering",
        N_("Relative clustering"),
        N_("Mean nearness within the group over mean nearness within everyone else, less 1."),
        "RCL = Pxx / Pyy − 1, Pxx = Σᵢ Σⱼ xᵢxⱼcᵢⱼ / X²",
        say.BOUNDS_RELATIVE,
        -1,
        None,
        "Massey & Denton 1988, Social Forces 67",
        say.CAVEAT_DISTANCE,
        say.PEERS_FAR_NEAR,
    ),
    Index(
        "spatial_proximity",
        "clustering",
        N_("Spatial proximity"),
        N_("Mean nearness within both groups over mean nearness of all residents."),
        "SP = (X Pxx + Y Pyy) / (T Ptt)",
        say.BOUNDS_PROXIMITY,
        0,
        None,
        "White 1983, American Journal of Sociology 88; Massey & Denton 1988, Social Forces 67",
        say.CAVEAT_DISTANCE,
        say.PEERS_FAR_NEAR,
    ),
)

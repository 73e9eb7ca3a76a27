"""What several indices say in the same words: bounds, when there is no value, cautions, and what users of other
programs get. Message ids."""

from __future__ import annotations

from vielfalt.words import N_

BOUNDS_EVEN = N_("0 (same distribution) to 1 (completely apart)")
BOUNDS_ISOLATION = N_("Share of the group in the areas that enter to 1")
BOUNDS_QUOTIENT = N_("0 upwards; 1 means the average of the town")
BOUNDS_MIXED = N_("0 (one group only) to 1 (all groups of equal size)")
BOUNDS_OTHERS = N_("0 to the share of everyone else")
BOUNDS_SHARE = N_("0 (nobody) to 1 (everybody)")
BOUNDS_GORARD = N_("0 (same distribution) to the share of everyone else")
BOUNDS_LAND = N_("0 (spread like the land) to 1 (on a point)")
BOUNDS_FILLED = N_("0 (largest areas) to 1 (smallest areas); slightly beyond, because whole areas are filled")
BOUNDS_NO_BOUND = N_("Above 0: in smaller areas than everyone else; below 0: in larger ones; no firm bound")
BOUNDS_CENTRE = N_("−1 (as far out as possible) to 1 (as near to the centre as possible)")
BOUNDS_NEIGHBOURS = N_("Below the segregation index; can fall under 0")
BOUNDS_BY_CHANCE = N_("As a rule 0 (by chance) to 1, below 0 when members lie farther apart than chance; no firm bound")
BOUNDS_PROFILE = N_(
    "0 (same distribution) upwards; 1 when the groups never share an area, above 1 possible for a majority"
)
BOUNDS_RELATIVE = N_("−1 upwards; 0: as near to one another as everyone else")
BOUNDS_PROXIMITY = N_("0 upwards; 1: both groups mixed in space, above 1: each near its own")
BOUNDS_MUTUAL = N_("0 to the logarithm of the number of groups or areas, whichever is smaller (nats)")
BOUNDS_ENTROPY = N_("0 (one group only) to the logarithm of the number of groups (nats)")
BOUNDS_ALIKE = N_("1 over the number of groups (all of equal size) to 1 (one group only)")
BOUNDS_DIFFERENT = N_("0 (one group only) to 1 less 1 over the number of groups (all of equal size)")
BOUNDS_SURROUNDINGS = N_("About 0 (every surrounding like the town) to 1")
BOUNDS_LOCAL = N_("0 (like the town) upwards; a group of share p alone gives −ln p")

NONE_EMPTY = N_("The group has no members.")
NONE_EMPTY_OR_ALL = N_("The group has no members, or everybody belongs to it.")
NONE_ONE_SIZE = N_("The group has no members, everybody belongs to it, or all areas are of one size.")
NONE_ALONE = N_("The group has no members, or lives alone in the one area in which anybody lives.")
NONE_FIRST = N_("The first of the two groups has no members.")
NONE_ALIKE = N_("Fewer than two groups have members.")
NONE_NOBODY = N_("Nobody lives in the areas.")
NONE_EMPTY_AREA = N_("Nobody lives in the area.")
NONE_QUOTIENT = N_("Nobody lives in the area, or the group has no members in the town.")
NONE_LOCAL_CENTRE = N_("In the area and the five nearest to it, nobody belongs to the group, or everybody does.")
CAVEAT_SMALL = N_(
    "Small areas and small groups push this index up even where people live by chance. Compare only the same area "
    "level, and never rank areas by it."
)
CAVEAT_SIZE = N_("Depends on the size of the group: a large group meets itself more often wherever it lives.")
CAVEAT_FEW_PEOPLE = N_("A high quotient can rest on few people; read it together with the number of residents.")
CAVEAT_MIXTURE = N_("Says how mixed an area is, not how people live together. Hidden groups count as one.")
CAVEAT_MIXTURE_OF_TOWN = N_(
    "Says how mixed the residents are, not where they live. Depends on how finely groups are told apart."
)
CAVEAT_LAND = N_(
    "Measures the drawing of the areas as much as the people: forest and fields count as land. Use areas of "
    "settlement where you have them."
)
CAVEAT_ONE_SIZE = N_(
    "Cannot be computed where all areas are of one size: then no group can live on less land than another."
)
CAVEAT_WHICH_CENTRE = N_(
    "A town can have several centres or none. Without a named centre the mean place of all residents is taken."
)
CAVEAT_DISTANCE = N_(
    "Weights fall as exp(−distance in km), within an area as if its residents lived the root of 0.6 times its size "
    "apart. Distance is as the crow flies; a river or a railway does not count."
)
CAVEAT_NEIGHBOURS = N_(
    "Depends on which areas touch; areas that touch in a point count as neighbours. Gaps between polygons hide "
    "neighbours."
)
CAVEAT_GROUPS = N_(
    "Depends on how finely groups are told apart, and small areas push it up. Compare only the same groups and the "
    "same area level."
)
CAVEAT_CIRCLES = N_(
    "Depends on how finely groups are told apart, and small areas push it up. Compare only the same groups and the "
    "same area level. Exact up to 2,000 inhabited areas; with more, those beyond the 2,000 nearest enter the circle 32 "
    "at a time, which moves the town's value by less than 0.1% and an area's by less than 0.0001."
)
CAVEAT_FEW_AREAS = N_("Only a few neighbouring areas enter; one large household can turn the sign.")
PEERS_SAME = N_("PySAL segregation gives the same number; OasisR the same to its four digits.")
PEERS_SAME_PYSAL = N_("PySAL segregation gives the same number.")
PEERS_SAME_OASISR = N_("OasisR gives the same to its four digits; PySAL does not have it.")
PEERS_PAIRS = N_(
    "PySAL and OasisR give the same number from all pairs of areas, which takes time with the square of their number."
)
PEERS_MATRIX = N_(
    "PySAL gives the same number but needs a matrix of all pairs of areas: no memory is enough for 50,000."
)
PEERS_GRID = N_(
    "PySAL adds the curve up on a grid of 1,000 points and is off in the third digit; here it is integrated exactly."
)
PEERS_EMPTY_GROUP = N_(
    "PySAL gives the same number where every group has members; with a group that is empty town-wide it gives NaN (0 "
    "ln 0), here such a group changes nothing."
)
PEERS_EMPTY_COUNTED = N_(
    "PySAL gives the same number where every group has members; it gives NaN with a group that is empty town-wide "
    "and would count it in K."
)
PEERS_SAME_R = N_("The R package segregation gives the same number to 15 digits; PySAL knows it as divergence only.")
PEERS_IS_M = N_("The same number as M. PySAL gives the same where no group is empty in an area.")
PEERS_EQUAL_SIZES = N_(
    "PySAL gives the same number unless areas are equally large: then NaN, Inf or a number that depends on the order "
    "of the rows. OasisR gives NaN."
)
PEERS_MEAN_CENTRE = N_(
    "PySAL takes the mean of the areas' middles as centre, and among areas at one distance the order of the rows "
    "decides; here they count as one."
)
PEERS_QUEEN = N_(
    "PySAL gives the same number where all areas have residents. OasisR does not count areas that touch in a point "
    "only."
)
PEERS_BORDERS = N_(
    "PySAL gives the same number with standardize=False where all areas have residents; as it comes it counts each "
    "area "
    "alike, however short its borders. OasisR has it as the variant “w”."
)
PEERS_SHAPES = N_(
    "PySAL gives the same number where all areas have residents; OasisR, unless told otherwise, leaves the town's "
    "outer "
    "border out of the perimeters."
)
PEERS_FAR_WEIGHS = N_(
    "PySAL is wrong: it takes 1 − exp(−distance), so that far areas weigh most, and its isolation and interaction "
    "make 1.064 in Sacramento instead of 1. OasisR multiplies with the wrong area's residents and makes 1.11."
)
PEERS_FAR_NEAR = N_(
    "PySAL is wrong: it takes 1 − exp(−distance), so that far areas weigh most, and scales distances by their sums, "
    "which breaks their symmetry. OasisR gives the same as here if areas have no distance to themselves."
)
PEERS_CONTIGUITY = N_(
    "PySAL is wrong: it takes 1 − exp(−distance), so that far areas weigh most. OasisR counts neighbours instead of "
    "distance."
)
PEERS_KERNEL = N_(
    "The R package seg gives the same with its weights exp(−2 distance) and no distance within an area; PySAL "
    "computes it with a kernel that ends at a radius."
)
PEERS_UNWEIGHTED = N_(
    "PySAL adds the divergences up without weights, so its number grows with the number of areas; here the mean over "
    "residents is taken."
)
PEERS_ZERO_AREA = N_("PySAL gives the same number; an area without residents is 0 there, here it has no value.")
PEERS_BASE = N_(
    "PySAL and OasisR give the same number against the sum of the groups given; here the residents are the base."
)
PEERS_R_LOCAL = N_("The R package segregation gives the same number; PySAL does not have it.")
PEERS_NEAREST = N_(
    "PySAL gives the same number where no two neighbours are equally far, and NaN where one group is missing."
)
PEERS_PAIRWISE = N_("PySAL computes single pairs; OasisR gives the same to its four digits.")
INTERVAL = N_(
    "The interval says between which values an index would lie in 95 of 100 samples of as many people. What chance "
    "adds in small areas is taken off; so the interval can lie below the value. Then the value says less than it seems."
)
LEAST = N_(
    "“At least” stands where areas or groups with hidden figures count as one. Counted one by one they could only "
    "raise the index, so its true value is not smaller. How large it is at most cannot be said; of the interval only "
    "the lower end is given then (“from”)."
)

# SPDX-License-Identifier: BSD-2-Clause
#
# Medians of few and noisy measurements, and how far they can be trusted.

import math
import statistics


def interval(values, confidence=0.9):
    """(low, median, high): where the median lies, with that confidence.

    The bounds are two of the values themselves: the k-th from either end, k as
    large as the binomial distribution allows (no assumption is made about how
    the values are distributed).  Below five values they are the extremes.
    """
    values = sorted(values)
    n = len(values)
    k = 0
    outside = 0.0
    while k < (n - 1) // 2:
        outside += 2 * math.comb(n, k) / 2 ** n
        if outside > 1 - confidence:
            break
        k += 1
    k = max(k - 1, 0)
    return values[k], statistics.median(values), values[n - 1 - k]

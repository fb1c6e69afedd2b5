"""Events with limited seats: the package that all functions share."""

import gc
import os

if "AWS_LAMBDA_INITIALIZATION_TYPE" in os.environ:
    # Imports make 60,000 objects, which all stay; by default Python looks through them for garbage many times over.
    # Afterwards, a call leaves some ten objects in cycles, a KB: garbage enough for a pass comes after thousands of calls.
    gc.set_threshold(100_000, 20, 100)

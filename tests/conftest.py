"""What every test stands on: zone rules from the pinned tzdata, as in Lambda."""

import zoneinfo

zoneinfo.reset_tzpath(to=[])

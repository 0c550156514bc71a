"""How cases climb: sweep (decide, journal, queue), lists (gates over many), dispatch (claim, act, receipt), arrivals."""

"""Personal data: what is held of somebody, handing it out, erasing it, and the register of requests."""

// A C target needs a source; everything stands in the header.
#include "CCompression.h"

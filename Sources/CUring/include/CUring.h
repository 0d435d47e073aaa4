#pragma once
#include <sys/select.h>
#include <stdlib.h>
#include <liburing.h>

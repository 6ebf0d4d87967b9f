#pragma once
#include "coin.h"

/** How many coins. */
#define COINS 12

typedef struct till till_t;

/* Opens a till. */
till_t *till_open(const char *name);
int till_add(till_t *till,
             int coin);
static inline int till_empty(till_t *till) { return till_count(till) == 0; }

#include <stdio.h>
#include "till.h"
#define RATE 3
#define ROUND(x) ((x) * RATE)
#ifndef GUARD_H
#define GUARD_H
#endif
/* A till. */
struct till {
    int coins;
};
typedef struct { int a; } pair_t;
typedef struct coin { int v; } coin;
typedef int (*callback)(int);
enum side { HEADS };
static int total = 0;
int *names[3];

/* Adds. */
static int
till_add(struct till *t, int coin)
{
    int local = ROUND(coin);
    t->coins += local;
    return printf("%d", total);
}
char *till_name(void) { return 0; }
int till_open(struct till *t);

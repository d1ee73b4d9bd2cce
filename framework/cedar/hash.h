/*
 * Hashing for the tables of entities, policy ids and names: keyed, since what is hashed may come
 * from strangers, who must not know where it will lie.
 */
#ifndef POSTERN_CEDAR_HASH_H
#define POSTERN_CEDAR_HASH_H

#include "cedar/cedar.h"

uint64_t slice_hash(struct slice s);
uint64_t uid_hash(const struct cedar_uid *uid);

#endif

/* Every node of a tree, once: for those who only look for something. */
#ifndef POSTERN_CEDAR_WALK_H
#define POSTERN_CEDAR_WALK_H

#include "cedar/ast.h"

/* Calls `visit` for the node, then for all below it. Recursion is as deep as the tree. */
void walk_tree(
    const struct node *node, void (*visit)(void *data, const struct node *node), void *data);

#endif

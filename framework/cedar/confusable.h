/*
 * Warnings about texts that may look like something else: control characters for the direction of
 * writing, letters of several scripts, characters that have no place in identifiers. They change
 * no verdict.
 */
#ifndef POSTERN_CEDAR_CONFUSABLE_H
#define POSTERN_CEDAR_CONFUSABLE_H

#include "cedar/findings.h"

void confusable_check(
    struct budget *budget, struct findings *findings, const struct policy *policy);

#endif

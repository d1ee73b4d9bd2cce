/* How much memory this process has, from a file that is opened before the sandbox hides it. */
#ifndef POSTERN_PROCESS_MEMORY_H
#define POSTERN_PROCESS_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"
#include "core/compiler.h"

struct memory_meter {
	enum config_memory_measure measure;
	int fd; /* -1: not open */
};

bool memory_meter_open(struct memory_meter *ret_meter, enum config_memory_measure measure) MUST_USE;
/* Bytes; 0: the kernel does not tell. */
uint64_t memory_meter_read(const struct memory_meter *meter);
void memory_meter_close(struct memory_meter *meter);

/* The bytes that a line of statm tells, or "Pss:" of smaps_rollup; 0: neither. */
uint64_t memory_parse(enum config_memory_measure measure, const char *text, uint64_t page_size);

#endif

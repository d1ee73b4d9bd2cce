/*
 * proc(5): the second number of statm is the resident set in pages, of the whole process and at no
 * cost; Pss in smaps_rollup shares out what several map, for which the kernel walks all of it.
 */
#include "process/memory.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const files[] = {
	[MEMORY_MEASURE_RSS] = "/proc/self/statm",
	[MEMORY_MEASURE_PSS] = "/proc/self/smaps_rollup",
};

bool
memory_meter_open(struct memory_meter *ret_meter, enum config_memory_measure measure)
{
	*ret_meter = (struct memory_meter) {
		.measure = measure,
		.fd = open(files[measure], O_RDONLY | O_CLOEXEC),
	};
	return ret_meter->fd >= 0 && memory_meter_read(ret_meter) > 0;
}

uint64_t
memory_meter_read(const struct memory_meter *meter)
{
	char text[1024];
	ssize_t len = pread(meter->fd, text, sizeof(text) - 1, 0);
	const long page_size = sysconf(_SC_PAGESIZE);

	if (len <= 0 || page_size <= 0)
		return 0;
	text[len] = '\0';
	return memory_parse(meter->measure, text, (uint64_t)page_size);
}

void
memory_meter_close(struct memory_meter *meter)
{
	if (meter->fd >= 0)
		close(meter->fd);
	meter->fd = -1;
}

/* Digits at `text`, behind blanks; 0 when they are too many for any machine. */
static uint64_t
number_at(const char *text)
{
	const unsigned long long number = strtoull(text, NULL, 10);

	return number > UINT64_MAX / (1024 * 1024) ? 0 : number;
}

uint64_t
memory_parse(enum config_memory_measure measure, const char *text, uint64_t page_size)
{
	const char *at;

	if (measure == MEMORY_MEASURE_RSS) {
		at = strchr(text, ' ');
		return at == NULL ? 0 : number_at(at) * page_size;
	}
	at = strstr(text, "\nPss:");
	return at == NULL ? 0 : number_at(at + strlen("\nPss:")) * 1024;
}

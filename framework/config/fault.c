/* Faults for the operator: a name and what is expected of it, never what was found. */
#include "config/config.h"

#include <stdarg.h>

void
config_fault(struct config_faults *faults, struct arena *arena, const char *format, ...)
{
	va_list arguments;
	const char *text;

	if (faults->count < CONFIG_MAX_FAULTS) {
		va_start(arguments, format);
		text = arena_vprintf(arena, format, arguments);
		va_end(arguments);
		faults->texts[faults->count] = text != NULL ? text : "out of memory";
	}
	faults->count++;
}

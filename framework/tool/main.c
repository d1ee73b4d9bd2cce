/* The process around the `postern` command. All else is in commands.c. */
#include "tool/tool.h"

int
main(int argc, char **argv)
{
	return (int)tool_run(argc, argv, stdout, stderr);
}

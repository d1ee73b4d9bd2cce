/* The service's own commands: `documents migrate` and `documents seed`. */
#ifndef DOCUMENTS_COMMANDS_H
#define DOCUMENTS_COMMANDS_H

int command_migrate(int argc, char **argv);
int command_seed(int argc, char **argv);

#endif

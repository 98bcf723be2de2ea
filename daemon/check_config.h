/* `usherd --check-config`: usherd.yaml and the rules that it names, checked without serving. */
#ifndef CHECK_CONFIG_H
#define CHECK_CONFIG_H

/* Prints every problem of both files as "file:line:column: what; what to do", and a summary, on
 * standard output. Returns the exit code: 0 = both are good, 3 = there are problems, and a file
 * that cannot be read is one; 1 = memory is out. */
int check_config(const char *path);

#endif

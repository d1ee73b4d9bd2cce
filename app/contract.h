/* schemas/openapi.json, as text in the program; the build makes contract.c of it. */
#ifndef DOCUMENTS_CONTRACT_H
#define DOCUMENTS_CONTRACT_H

extern const char documents_contract[];

#endif

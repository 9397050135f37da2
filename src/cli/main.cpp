#include <cstdio>

int main() { std::puts("exhibit 0.1.0"); }

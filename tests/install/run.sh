#!/bin/sh
# run.sh BUILD-FOLDER SANITIZERS: installs into a temporary prefix and builds the consumer through the CMake package and
# through pkg-config, each from nothing but that prefix.
set -eu
build=$1
flags=${2:+-fsanitize=$2}
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cmake --install "$build" --prefix "$work/prefix" >/dev/null
for file in bin/exhibit share/man/man1/exhibit.1 share/bash-completion/completions/exhibit \
  share/zsh/vendor-completions/_exhibit share/fish/vendor_completions.d/exhibit.fish include/exhibit/hunt.h; do
  [ -s "$work/prefix/$file" ] || { echo "not installed: $file"; exit 1; }
done
"$work/prefix/bin/exhibit" version

echo "through find_package(exhibit)"
cmake -G Ninja -S "$here" -B "$work/cmake" -DCMAKE_PREFIX_PATH="$work/prefix" -DCMAKE_CXX_FLAGS="$flags" >/dev/null
cmake --build "$work/cmake" >/dev/null
"$work/cmake/consumer"

echo "through pkg-config"
PKG_CONFIG_PATH=$(dirname "$(find "$work/prefix" -name exhibit.pc)")
libraries=$(dirname "$PKG_CONFIG_PATH")
export PKG_CONFIG_PATH
# shellcheck disable=SC2046
c++ -std=c++23 $flags "$here/consumer.cpp" -o "$work/consumer" \
  $(pkg-config --define-variable=prefix="$work/prefix" --cflags --libs exhibit)
LD_LIBRARY_PATH=$libraries "$work/consumer"

# What `make install` and CPack take: program, library, headers, manual page, completions, CMake package, pkg-config file.
# Two builds of one commit in different folders give the same packages (SOURCE_DATE_EPOCH; `tools/dev package` compares).
include(CMakePackageConfigHelpers)

# The manual page carries the date of the commit, never the day of the build.
if(DEFINED ENV{SOURCE_DATE_EPOCH})
  string(TIMESTAMP exhibit_date "%Y-%m-%d" UTC)
else()
  execute_process(COMMAND ${CMAKE_COMMAND} -E env TZ=UTC git -C ${PROJECT_SOURCE_DIR} log -1 --date=format-local:%Y-%m-%d --format=%cd
    OUTPUT_VARIABLE exhibit_date OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
if(NOT exhibit_date)
  set(exhibit_date "version ${PROJECT_VERSION}")
endif()

# The program writes what comes from its table of flags.
set(share ${CMAKE_BINARY_DIR}/share)
file(MAKE_DIRECTORY ${share})
add_custom_command(OUTPUT ${share}/exhibit.1 ${share}/exhibit.bash ${share}/_exhibit ${share}/exhibit.fish
  COMMAND exhibit_cli --man ${exhibit_date} > ${share}/exhibit.1
  COMMAND exhibit_cli completion bash > ${share}/exhibit.bash
  COMMAND exhibit_cli completion zsh > ${share}/_exhibit
  COMMAND exhibit_cli completion fish > ${share}/exhibit.fish
  DEPENDS exhibit_cli VERBATIM COMMENT "Writing the manual page and completions")
add_custom_target(exhibit_share ALL DEPENDS ${share}/exhibit.1)
install(FILES ${share}/exhibit.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${share}/exhibit.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME exhibit)
install(FILES ${share}/_exhibit DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
install(FILES ${share}/exhibit.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright)

configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/exhibitConfig.cmake.in ${CMAKE_BINARY_DIR}/exhibitConfig.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/exhibit)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/exhibitConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/exhibitConfig.cmake ${CMAKE_BINARY_DIR}/exhibitConfigVersion.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/exhibit)
configure_file(${PROJECT_SOURCE_DIR}/cmake/exhibit.pc.in ${CMAKE_BINARY_DIR}/exhibit.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/exhibit.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

set(CPACK_GENERATOR DEB TGZ)
set(CPACK_PACKAGE_NAME exhibit)
set(CPACK_PACKAGE_CONTACT "Exhibit <maintainers@example.org>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS tzdata)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${CMAKE_BINARY_DIR})
include(CPack)

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>
#include <algorithm>
#include <fstream>

#include "support/reading.h"

namespace exhibit::evidence {
namespace {

using event::DamageKind;
using test::read_bytes;
using test::ReadInput;
using Texts = std::vector<std::string>;

constexpr std::string_view kLines = "{\"a\":1}\n{\"a\":2}\n";

struct Entry {
  std::string name;
  std::string bytes;
  mode_t type = AE_IFREG;
};
struct Making {
  int format = ARCHIVE_FORMAT_ZIP;
  int filter = ARCHIVE_FILTER_NONE;
  const char* options = nullptr;
};

std::string make_archive(const std::vector<Entry>& entries, Making making = {}) {
  std::string out(std::size_t{1} << 22, '\0');
  std::size_t used = 0;
  struct archive* a = archive_write_new();
  archive_write_add_filter(a, making.filter);
  archive_write_set_format(a, making.format);
  if (making.options != nullptr) {
    EXPECT_EQ(archive_write_set_options(a, making.options), ARCHIVE_OK) << archive_error_string(a);
    archive_write_set_passphrase(a, "infected");
  }
  archive_write_set_bytes_in_last_block(a, 1);
  EXPECT_EQ(archive_write_open_memory(a, out.data(), out.size(), &used), ARCHIVE_OK);
  for (const Entry& e : entries) {
    struct archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, e.name.c_str());
    archive_entry_set_size(entry, static_cast<la_int64_t>(e.bytes.size()));
    archive_entry_set_filetype(entry, e.type);
    archive_entry_set_perm(entry, 0644);
    if (e.type == AE_IFLNK) archive_entry_set_symlink(entry, "/etc/passwd");
    EXPECT_EQ(archive_write_header(a, entry), ARCHIVE_OK) << archive_error_string(a);
    archive_write_data(a, e.bytes.data(), e.bytes.size());
    archive_entry_free(entry);
  }
  EXPECT_EQ(archive_write_close(a), ARCHIVE_OK) << archive_error_string(a);
  archive_write_free(a);
  out.resize(used);
  return out;
}

Texts displayed(const ReadInput& input) {
  Texts out;
  for (const test::ReadSource& s : input.sources) {
    SourceInfo info = s.info;
    info.path = "";
    out.push_back(info.display());
  }
  return out;
}

TEST(Container, ReadsMembersOfEveryKind) {
  const std::vector<Entry> entries{{"logs/", "", AE_IFDIR},
                                   {"logs/a.txt", std::string(kLines)},
                                   {"logs/empty", ""},
                                   {"notes", "plain text"}};
  for (const Making making :
       {Making{ARCHIVE_FORMAT_ZIP},
        Making{ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, "zip:compression=store"},
        Making{ARCHIVE_FORMAT_TAR_USTAR}, Making{ARCHIVE_FORMAT_TAR_PAX_INTERCHANGE},
        Making{ARCHIVE_FORMAT_TAR_GNUTAR}, Making{ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_GZIP},
        Making{ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_BZIP2},
        Making{ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_XZ},
        Making{ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_ZSTD}}) {
    const ReadInput input = read_bytes(make_archive(entries, making));
    EXPECT_TRUE(input.container);
    EXPECT_TRUE(input.errors.empty()) << input.errors[0].what.c_str();
    EXPECT_EQ(displayed(input), (Texts{"!logs/a.txt", "!logs/empty", "!notes"}));
    ASSERT_EQ(input.sources.size(), 3U);
    EXPECT_EQ(input.sources[0].info.format, Format::json);
    EXPECT_EQ(input.sources[0].records, 2U);
    EXPECT_EQ(input.sources[0].bytes, kLines);
    EXPECT_EQ(input.sources[2].info.format, Format::unknown);
    EXPECT_EQ(input.sources[2].bytes, "plain text");
  }
}

TEST(Container, ReadsACompressedFile) {
  for (const int filter :
       {ARCHIVE_FILTER_GZIP, ARCHIVE_FILTER_BZIP2, ARCHIVE_FILTER_XZ, ARCHIVE_FILTER_ZSTD}) {
    const std::string packed =
        make_archive({{"x", std::string(kLines)}}, {ARCHIVE_FORMAT_RAW, filter});
    const test::TempDir folder;
    test::write_file(folder.path() / "Security.json.gz", packed);
    const ReadInput input = test::read_input((folder.path() / "Security.json.gz").string());
    ASSERT_EQ(input.sources.size(), 1U);
    EXPECT_EQ(input.sources[0].info.members, Texts{"Security.json"});
    EXPECT_EQ(input.sources[0].records, 2U);
    EXPECT_TRUE(input.errors.empty());
    // Two streams one behind the other are one file (RFC 1952 2.2).
    if (filter == ARCHIVE_FILTER_GZIP) {
      EXPECT_EQ(read_bytes(packed + packed).sources[0].records, 4U);
    }
  }
}

TEST(Container, TakesOrdinaryTextForWhatItIs) {
  for (const std::string_view text :
       {"#mtree\n./a type=file\n", "!<arch>\nx", "070701", "plain", "", "PK", "\x1f\x8b",
        "WARC/1.0\r\n", "[section]\nkey=value\n", "[2026-11-22] started", "{ x", "a,b\n1,2\n"}) {
    const ReadInput input = read_bytes(text);
    EXPECT_FALSE(input.container) << text;
    ASSERT_EQ(input.sources.size(), 1U) << text;
    EXPECT_EQ(input.sources[0].info.format, Format::unknown) << text;
    EXPECT_EQ(input.sources[0].bytes, text);
    EXPECT_TRUE(input.sources[0].damage.empty());
  }
}

TEST(Container, ReadsContainersInContainersToTheirLimit) {
  std::string bytes(kLines);
  std::string expected;
  for (std::uint32_t depth = 1; depth <= kContainerDepthMax; ++depth) {
    const bool tar = depth % 2 == 0;
    bytes = make_archive({{"m" + std::to_string(depth), bytes}},
                         tar ? Making{ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_GZIP} : Making{});
    expected.insert(0, "!m" + std::to_string(depth));
    const ReadInput input = read_bytes(bytes);
    EXPECT_EQ(displayed(input), Texts{expected});
    EXPECT_EQ(input.sources.at(0).records, 2U);
  }
  const ReadInput deeper =
      read_bytes(make_archive({{"top", bytes}, {"beside", std::string(kLines)}}));
  ASSERT_EQ(deeper.sources.size(), 2U);
  EXPECT_EQ(deeper.sources[0].info.format, Format::unknown);
  ASSERT_EQ(deeper.sources[0].damage.size(), 1U);
  EXPECT_EQ(deeper.sources[0].damage[0].kind, DamageKind::limit);
  EXPECT_EQ(deeper.sources[0].damage[0].length, deeper.sources[0].size_bytes);
  EXPECT_EQ(deeper.sources[1].records, 2U);
}

TEST(Container, ReportsWhatIsEncrypted) {
  // The flag alone is enough (APPNOTE.TXT 4.4.4, bit 0).
  std::string zip =
      make_archive({{"a.json", std::string(kLines)}, {"b.json", std::string(kLines)}},
                   {ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, "zip:compression=store"});
  zip[6] = static_cast<char>(zip[6] | 1);
  const ReadInput one = read_bytes(zip);
  EXPECT_EQ(displayed(one), (Texts{"!a.json", "!b.json"}));
  EXPECT_EQ(one.sources.at(0).damage, (std::vector<event::Damage>{{0, 0, DamageKind::encrypted}}));
  EXPECT_EQ(one.sources.at(1).records, 2U);

  // Where the size of an encrypted member stands behind it, what follows cannot be found.
  const ReadInput all =
      read_bytes(make_archive({{"a.json", std::string(kLines)}, {"b.json", std::string(kLines)}},
                              {ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, "zip:encryption=aes256"}));
  EXPECT_EQ(all.sources.at(0).damage, (std::vector<event::Damage>{{0, 0, DamageKind::encrypted}}));
  EXPECT_FALSE(all.errors.empty());
}

// Zeros look like the end of a tar to libarchive.
TEST(Container, ReadsACompressedFileThatBeginsWithZeros) {
  const std::string bytes = std::string(2'000, '\0') + "tail";
  const ReadInput input =
      read_bytes(make_archive({{"x", bytes}}, {ARCHIVE_FORMAT_RAW, ARCHIVE_FILTER_GZIP}));
  ASSERT_EQ(input.sources.size(), 1U);
  EXPECT_EQ(input.sources[0].bytes, bytes);
}

TEST(Container, ReportsMembersThatAreNoFiles) {
  const ReadInput input = read_bytes(make_archive(
      {{"link", "", AE_IFLNK}, {"a", std::string(kLines)}}, {ARCHIVE_FORMAT_TAR_USTAR}));
  ASSERT_EQ(input.errors.size(), 1U);
  EXPECT_EQ(input.errors[0].code, ErrorCode::unsupported);
  EXPECT_EQ(displayed(input), Texts{"!a"});
}

// Nothing is lost silently, wherever an archive is cut off.
TEST(Container, ReadsWhatThereIsOfACutOffArchive) {
  std::string noise;
  for (unsigned i = 0; i < 3'000; ++i) noise += static_cast<char>(i * i * 31 % 251);
  const std::vector<Entry> entries{
      {"a", std::string(kLines)}, {"b", noise}, {"c", std::string(kLines)}};
  for (const Making making : {Making{}, Making{ARCHIVE_FORMAT_TAR_USTAR},
                              Making{ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_GZIP},
                              Making{ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_XZ}}) {
    const std::string whole = make_archive(entries, making);
    for (std::size_t size = 600; size + 1'600 < whole.size(); size += 97) {
      const ReadInput input = read_bytes(whole.substr(0, size));
      std::size_t damage = input.errors.size();
      std::size_t bytes = 0;
      for (const test::ReadSource& s : input.sources) {
        EXPECT_TRUE(s.tiled);
        damage += s.damage.size();
        bytes += s.size_bytes;
      }
      EXPECT_GT(damage, 0U) << size;
      EXPECT_LT(bytes, noise.size() + 2 * kLines.size()) << size;
    }
  }
}

TEST(Container, ReportsAMemberWhoseChecksumDiffers) {
  const std::string stored =
      make_archive({{"a", std::string(kLines)}},
                   {ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, "zip:compression=store"});
  std::string changed = stored;
  changed[changed.find("\"a\":1") + 4] = '7';
  const ReadInput input = read_bytes(changed);
  ASSERT_EQ(input.sources.size(), 1U);
  EXPECT_GE(input.sources[0].records, 2U);  // what came before the end is there
  ASSERT_FALSE(input.sources[0].damage.empty());
  EXPECT_EQ(input.sources[0].damage.back().kind, DamageKind::decompression);
}

TEST(Container, ReportsADeflatedMemberWhoseChecksumDiffers) {
  std::string zip = make_archive({{"a", std::string(kLines)}, {"b", std::string(kLines)}});
  const std::size_t descriptor = zip.find("PK\x07\x08");  // behind the first member
  ASSERT_NE(descriptor, std::string::npos);
  zip[descriptor + 4] = static_cast<char>(zip[descriptor + 4] ^ 1);
  const ReadInput input = read_bytes(zip);
  ASSERT_EQ(input.sources.size(), 2U);
  EXPECT_EQ(input.sources[0].records, 2U);
  ASSERT_EQ(input.sources[0].damage.size(), 1U);
  EXPECT_EQ(input.sources[0].damage[0],
            (event::Damage{kLines.size(), 0, DamageKind::decompression}));
  EXPECT_EQ(input.sources[1].records, 2U);
  EXPECT_TRUE(input.sources[1].damage.empty());
}

std::string gzip(std::string_view bytes) {
  return make_archive({{"x", std::string(bytes)}}, {ARCHIVE_FORMAT_RAW, ARCHIVE_FILTER_GZIP});
}

// RFC 1952 2.3.1: CRC32 and ISIZE end each member. What lies before a wrong one is read, and so is
// the member after it.
TEST(Gzip, ReportsAChecksumOrLengthThatDiffers) {
  const std::string whole = gzip(kLines);
  for (std::size_t i = 1; i <= 8; ++i)
    for (const bool first : {false, true}) {
      std::string bytes = whole + whole;
      const std::size_t at = (first ? whole.size() : bytes.size()) - i;
      bytes[at] = static_cast<char>(bytes[at] ^ 0x10);
      const ReadInput input = read_bytes(bytes);
      ASSERT_EQ(input.sources.size(), 1U);
      EXPECT_EQ(input.sources[0].records, 4U);
      ASSERT_EQ(input.sources[0].damage.size(), 1U) << i;
      EXPECT_EQ(input.sources[0].damage[0],
                (event::Damage{2 * kLines.size(), 0, DamageKind::decompression}));
    }
}

TEST(Gzip, ReportsAStreamThatIsCutOffAnywhere) {
  const std::string whole = gzip(kLines);
  for (std::size_t size = 3; size < 2 * whole.size(); ++size) {
    if (size == whole.size()) continue;
    const ReadInput input = read_bytes((whole + whole).substr(0, size));
    ASSERT_EQ(input.sources.size(), 1U) << size;
    ASSERT_FALSE(input.sources[0].damage.empty()) << size;
    EXPECT_TRUE(std::ranges::any_of(input.sources[0].damage, [](const event::Damage& damage) {
      return damage.kind == DamageKind::decompression;
    })) << size;
    if (size > whole.size()) {
      EXPECT_GE(input.sources[0].records, 2U) << size;
    }
  }
}

TEST(Gzip, ReportsWhatIsNotGzipBehindIt) {
  for (const auto& [tail, damaged] :
       std::vector<std::pair<std::string, bool>>{{std::string(512, '\0'), false},  // a tape's block
                                                 {"tail", true},
                                                 {std::string(3, '\0') + "tail", true},
                                                 {std::string(3, '\0') + gzip(kLines), true}}) {
    const ReadInput input = read_bytes(gzip(kLines) + tail);
    ASSERT_EQ(input.sources.size(), 1U);
    EXPECT_EQ(input.sources[0].records, 2U);
    EXPECT_EQ(input.sources[0].damage.size(), damaged ? 1U : 0U);
  }
}

TEST(Gzip, ReadsHeadersOfEveryKind) {
  const std::string whole = gzip(kLines);
  ASSERT_EQ(whole[3], '\0');  // no flags, so its header is ten bytes
  std::string bytes = whole.substr(0, 10);
  bytes[3] = 2 | 4 | 8 | 16;
  bytes += std::string("\x03\0abc", 5) + std::string("name\0", 5) + std::string("why\0", 4) + "cc";
  bytes += whole.substr(10);
  const ReadInput input = read_bytes(bytes + whole);
  ASSERT_EQ(input.sources.size(), 1U);
  EXPECT_EQ(input.sources[0].records, 4U);
  EXPECT_TRUE(input.sources[0].damage.empty());
  bytes[3] = static_cast<char>(0x80);  // reserved: what follows is not known
  EXPECT_EQ(read_bytes(bytes).sources[0].damage.size(), 1U);
}

// bzip2 packs zeros a million to one: reading stops soon after the bytes that are free.
TEST(Container, StopsABomb) {
  const std::string bomb = make_archive({{"x", std::string(100'000'000, '\0')}},
                                        {ARCHIVE_FORMAT_RAW, ARCHIVE_FILTER_BZIP2});
  ASSERT_LT(bomb.size(), 1'000U);
  const std::string nested = make_archive({{"bomb", bomb}, {"after", std::string(kLines)}});
  for (const std::string& bytes : {bomb, nested}) {
    const ReadInput input = read_bytes(bytes, {.fields = false, .bytes = false});
    ASSERT_EQ(input.sources.size(), 1U);
    const test::ReadSource& s = input.sources[0];
    EXPECT_LE(s.size_bytes, kRatioFreeBytes + 2 * event::kBatchSizeBytes);
    ASSERT_EQ(s.damage.size(), 1U);
    EXPECT_EQ(s.damage[0].kind, DamageKind::limit);
    EXPECT_FALSE(input.errors.empty());  // the rest is not read, and that is said
    EXPECT_EQ(input.errors[0].code, ErrorCode::limit);
  }
}

// Names are the archive's bytes, whatever the locale.
TEST(Container, KeepsNamesAsTheyAre) {
  for (const char* name :
       {"\xe6\x97\xa5\xe6\x9c\xac.json", "caf\xe9.json", "../../etc/passwd", "a\nb\x1b[2J"}) {
    const ReadInput input =
        read_bytes(make_archive({{name, std::string(kLines)}}, {ARCHIVE_FORMAT_TAR_GNUTAR}));
    EXPECT_EQ(displayed(input), Texts{'!' + std::string(name)});
  }
  // A zip that flags its names as UTF-8 (APPNOTE.TXT 4.4.4, bit 11).
  std::string zip = make_archive({{"xxxxxx.json", std::string(kLines)}});
  zip[7] = 0x08;
  zip.replace(zip.find("xxxxxx"), 6, "\xe6\x97\xa5\xe6\x9c\xac");
  EXPECT_EQ(displayed(read_bytes(zip)), Texts{"!\xe6\x97\xa5\xe6\x9c\xac.json"});
}

TEST(Plain, ReportsAFileThatChangesWhileItIsRead) {
  const test::TempDir folder;
  const auto path = folder.path() / "log";
  std::string text;
  while (text.size() < 3 * event::kBatchSizeBytes) text += kLines;
  for (const bool shrink : {false, true}) {
    test::write_file(path, text);
    const auto stream = open_input({path.string(), 0});
    const auto source = (*stream)->next();
    event::Batch batch;
    ASSERT_TRUE((*source)->next(batch));
    if (shrink) {
      std::filesystem::resize_file(path, text.size() / 2);
    } else {
      std::ofstream(path, std::ios::app) << "{\"late\":1}\n";
    }
    std::vector<event::Damage> damage;
    std::uint64_t size = batch.size;
    while ((*source)->next(batch)) {
      size += batch.size;
      damage.insert(damage.end(), batch.damage.begin(), batch.damage.end());
    }
    EXPECT_EQ(size, shrink ? text.size() / 2 : text.size());
    ASSERT_FALSE(damage.empty());
    EXPECT_EQ(damage.back(), (event::Damage{size, 0, DamageKind::changed_while_reading}));
  }
}

TEST(Plain, HandsOutTheBytesOfWhatItCannotRead) {
  std::string bytes;
  for (std::size_t i = 0; i < 5 * event::kBatchSizeBytes / 2; ++i)
    bytes += static_cast<char>(i % 255);
  const ReadInput input = read_bytes(bytes);
  ASSERT_EQ(input.sources.size(), 1U);
  EXPECT_EQ(input.sources[0].batches, 3U);
  EXPECT_EQ(input.sources[0].bytes, bytes);
  EXPECT_TRUE(input.sources[0].tiled);
}

TEST(Plain, KnowsEvtxWithoutItsFileHeader) {
  std::string bytes(4'096, 'x');
  bytes += std::string("ElfChnk\0", 8) + std::string(65'528, '\0');
  EXPECT_EQ(read_bytes(bytes).sources.at(0).info.format, Format::evtx);
}

// A case's own copy is read as what it was found to be, not as what it looks like.
TEST(Plain, ReadsJsonLinesThatWereCutAtTheFront) {
  const std::string whole = R"({"a":{"b":[1,{"c":2}]},"d":"x"})"
                            "\n" +
                            std::string(kLines);
  for (std::size_t cut = 1; cut < whole.find('\n'); ++cut) {
    const ReadInput read = read_bytes(whole.substr(cut));
    ASSERT_EQ(read.sources.size(), 1U) << cut;
    EXPECT_EQ(read.sources[0].info.format, Format::json) << cut;
    // What is left of the cut object may hold whole objects; the two lines behind it are read.
    EXPECT_GE(read.sources[0].records, 2U) << cut;
    EXPECT_GE(read.sources[0].damage.size() + read.sources[0].records, 3U) << cut;
  }
  for (const std::string_view text : {"if (a) {\n}\n{x}\n", "a}\n b\n", "}", "a}\n"})
    EXPECT_EQ(read_bytes(std::string(text)).sources.at(0).info.format, Format::unknown) << text;
}

TEST(Plain, OpensAsTheFormatThatIsGiven) {
  const test::TempDir folder;
  const std::string path = (folder.path() / "data").string();
  test::write_file(path, "no json\n{\"a\":1}\n");
  const auto open = [&](Format format) {
    SourceInfo info;
    info.format = format;
    return test::read_source(**open_plain(path, info));
  };
  EXPECT_EQ(open(Format::unknown).records, 0U);
  const test::ReadSource json = open(Format::json);
  EXPECT_EQ(json.records, 1U);
  EXPECT_EQ(json.damage, (std::vector<event::Damage>{{0, 7, DamageKind::bad_json}}));
}

// The largest archive: 42,482 lines, read from the zip without unpacking, nothing lost.
TEST(RealData, ReadsACampaignFromItsZip) {
  const auto zip =
      test::real_data("otrf/compound/LSASS_campaign_02/metasploit_procdump_lsass_memory_dump.zip");
  if (!zip) GTEST_SKIP() << test::kNoRealData;
  const ReadInput input = test::read_input(zip->string(), {.fields = false, .bytes = false});
  EXPECT_TRUE(input.container);
  EXPECT_TRUE(input.errors.empty());
  ASSERT_EQ(input.sources.size(), 1U);
  EXPECT_EQ(input.sources[0].info.members, Texts{"metasploit_procdump_lsass_memory_dump.json"});
  EXPECT_EQ(input.sources[0].records, 42'482U);
  EXPECT_TRUE(input.sources[0].damage.empty());
  EXPECT_EQ(input.sources[0].size_bytes, 88'049'651U);
  EXPECT_TRUE(input.sources[0].tiled);
}

TEST(RealData, ReadsEveryAtomicArchiveWithoutDamage) {
  const auto folder = test::real_data("otrf/atomic");
  if (!folder) GTEST_SKIP() << test::kNoRealData;
  const Listing listing = list_inputs({folder->string()});
  std::size_t records = 0;
  std::size_t sources = 0;
  for (const Input& input : listing.inputs) {
    const ReadInput read = test::read_input(input.path, {.fields = false, .bytes = false});
    EXPECT_TRUE(read.container) << input.path;
    EXPECT_TRUE(read.errors.empty()) << input.path;
    for (const test::ReadSource& s : read.sources) {
      EXPECT_TRUE(s.damage.empty()) << s.info.display();
      EXPECT_TRUE(s.tiled) << s.info.display();
      records += s.records;
      ++sources;
    }
  }
  EXPECT_EQ(listing.inputs.size(), 34U);
  EXPECT_EQ(sources, 39U);
  EXPECT_EQ(records, 48'818U);
}

// Each rule's EVTX has a JSON twin: as many records in one as in the other, with the same heads.
TEST(RealData, ReadsTheJsonTwinsOfEvtxFiles) {
  const auto folder = test::real_data("sigma-regression");
  if (!folder) GTEST_SKIP() << test::kNoRealData;
  std::size_t twins = 0;
  for (const Input& input : list_inputs({folder->string()}).inputs) {
    if (!input.path.ends_with(".json")) continue;
    const ReadInput json = test::read_input(input.path);
    const ReadInput evtx = test::read_input(input.path.substr(0, input.path.size() - 4) + "evtx");
    ASSERT_EQ(json.sources.size(), 1U);
    ASSERT_EQ(evtx.sources.size(), 1U);
    EXPECT_TRUE(json.sources[0].damage.empty()) << input.path;
    ASSERT_EQ(json.sources[0].records, evtx.sources[0].records) << input.path;
    for (std::size_t i = 0; i < json.sources[0].records; ++i) {
      const test::ReadEvent& j = json.sources[0].events[i];
      const test::ReadEvent& e = evtx.sources[0].events[i];
      EXPECT_EQ(j.head.event_id, e.head.event_id) << input.path;
      EXPECT_EQ(j.head.time / 10, e.head.time / 10) << input.path;  // the twins have microseconds
      EXPECT_EQ(j.channel, e.channel) << input.path;
      EXPECT_EQ(j.provider, e.provider) << input.path;
      EXPECT_EQ(j.computer, e.computer) << input.path;
    }
    ++twins;
  }
  EXPECT_EQ(twins, 87U);
}

}  // namespace
}  // namespace exhibit::evidence

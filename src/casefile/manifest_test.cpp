// What other tools wrote down, read and compared.
#include <gtest/gtest.h>

#include "base/text.h"
#include "exhibit/acquisition.h"
#include "exhibit/seal.h"

namespace exhibit::casefile {
namespace {

using seal::OtherHash;

// Of "abc".
const std::string kMd5 = "900150983cd24fb0d6963f7d28e17f72";
const std::string kSha1 = "a9993e364706816aba3e25717850c26c9cd0d89d";
const std::string kSha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const std::string kOther(64, 'e');

HashManifest parsed(std::string_view text) {
  auto manifest = parse_manifest(text, "list");
  EXPECT_TRUE(manifest) << text;
  return manifest ? *std::move(manifest) : HashManifest{};
}

ListedSource source(std::string path, std::string sha256 = kSha256) {
  return {.path = std::move(path), .digests = {.sha256 = std::move(sha256), .others = {}}};
}

ListedAs listed_as(std::string_view text, const ListedSource& one) {
  return compare_manifest(parsed(text), std::span(&one, 1)).sources.front().as;
}

TEST(HashManifest, ReadsChecksumLines) {
  const HashManifest gnu =
      parsed(kMd5 + "  a b.evtx\n" + kSha1 + " *c\r\n\n# comment\n\\" + kSha256 + "  x\\ny\\\\z\n" +
             kMd5 + " one space\n" + "zz  no digest\n");
  ASSERT_EQ(gnu.lines.size(), 3U);
  EXPECT_EQ(gnu.form, ManifestForm::checksums);
  EXPECT_EQ(gnu.lines[0].path, "a b.evtx");
  EXPECT_EQ(*gnu.lines[0].digests.find(OtherHash::md5), kMd5);
  EXPECT_EQ(gnu.lines[1].path, "c");
  EXPECT_EQ(*gnu.lines[1].digests.find(OtherHash::sha1), kSha1);
  EXPECT_EQ(gnu.lines[2].path, "x\ny\\z");
  EXPECT_EQ(gnu.lines[2].digests.sha256, kSha256);
  EXPECT_EQ(gnu.lines_unread, 2U);

  const HashManifest bsd = parsed("SHA256 (a (b) = c) = " + kSha256 + "\nSM3 (d) = " + kOther +
                                  "\nMD5 (e) = " + kSha256 + "\n");
  ASSERT_EQ(bsd.lines.size(), 2U);
  EXPECT_EQ(bsd.lines[0].path, "a (b) = c");
  EXPECT_EQ(*bsd.lines[1].digests.find(OtherHash::sm3), kOther);
  EXPECT_EQ(bsd.lines_unread, 1U) << "a digest of another length than its name says";
}

TEST(HashManifest, ReadsWhatWindowsRedirects) {
  std::string utf16 = "\xff\xfe";
  for (const char c : kMd5 + "  a.evtx\r\n") {
    utf16 += c;
    utf16 += '\0';
  }
  EXPECT_EQ(parsed(utf16).lines.front().path, "a.evtx");
  EXPECT_EQ(parsed("\xef\xbb\xbf" + kMd5 + "  a.evtx\n").lines.front().path, "a.evtx");
}

TEST(HashManifest, ReadsHashdeep) {
  const HashManifest deep = parsed(
      "%%%% HASHDEEP-1.0\n%%%% size,md5,sha256,filename\n## Invoked from: /mnt\n## $ hashdeep "
      "-r\n##\n"
      "3," +
      kMd5 + "," + kSha256 + ",/mnt/a, b.evtx\n3," + kMd5 + "\n");
  ASSERT_EQ(deep.lines.size(), 1U);
  EXPECT_EQ(deep.form, ManifestForm::hashdeep);
  EXPECT_EQ(deep.lines[0].path, "/mnt/a, b.evtx");
  EXPECT_EQ(deep.lines[0].digests.sha256, kSha256);
  EXPECT_EQ(*deep.lines[0].digests.find(OtherHash::md5), kMd5);
  EXPECT_EQ(deep.lines_unread, 1U);
  EXPECT_FALSE(parse_manifest("%%%% HASHDEEP-1.0\n%%%% size,md5\n", "x"));
}

TEST(HashManifest, ReadsListingsOfVelociraptor) {
  const HashManifest json = parsed(
      R"({"Timestamp":1.5e3,"SourceFile":"C:\\Logs\\a.evtx","Upload":{"Path":"x","sha256":")" +
      kSha256 + R"(","Components":["a",{"b":[1,null]}]},"Size":3})" + "\n" +
      R"({"OSPath":"\u0062\ud83d\ude00","Hash":{"MD5":")" + kMd5 +
      "\"}}\nnot json\n{\"Size\":1}\n");
  ASSERT_EQ(json.lines.size(), 2U);
  EXPECT_EQ(json.form, ManifestForm::velociraptor_json);
  EXPECT_EQ(json.lines[0].path, "C:\\Logs\\a.evtx");
  EXPECT_EQ(json.lines[0].digests.sha256, kSha256);
  EXPECT_EQ(json.lines[1].path, "b\xf0\x9f\x98\x80");
  EXPECT_EQ(*json.lines[1].digests.find(OtherHash::md5), kMd5);
  EXPECT_EQ(json.lines_unread, 2U);
  EXPECT_EQ(parsed("[{\"Path\":\"a\",\"SHA1\":\"" + kSha1 + "\"}, {\"Path\":\"b\",\"MD5\":\"" +
                   kMd5 + "\"}]")
                .lines.size(),
            2U);

  const HashManifest csv = parsed("SourceFile,Size,Sha256,Md5\n\"C:\\a, \"\"b\"\".evtx\",3," +
                                  kSha256 + "," + kMd5 + "\r\nshort," + kMd5 + "\nnone,1,,\n");
  ASSERT_EQ(csv.lines.size(), 1U);
  EXPECT_EQ(csv.form, ManifestForm::velociraptor_csv);
  EXPECT_EQ(csv.lines[0].path, "C:\\a, \"b\".evtx");
  EXPECT_EQ(csv.lines_unread, 2U);
}

TEST(HashManifest, WhatIsNoManifestIsRefused) {
  for (const std::string_view text : {"", "\n\n", "hello\n", "{", "{}", "[]", "a,b\n1,2\n"})
    EXPECT_FALSE(parse_manifest(text, "x")) << text;
  std::string deep = "{\"a\":";
  for (int i = 0; i < 10'000; ++i) deep += "[";
  EXPECT_FALSE(parse_manifest(deep, "x"));
  EXPECT_FALSE(parse_manifest(kMd5 + "  " + std::string(kManifestPathSizeMax + 1, 'a'), "x"));
}

TEST(HashManifest, BytesDecideNotNames) {
  EXPECT_EQ(listed_as(kSha256 + "  /elsewhere/z\n", source("a.evtx")), ListedAs::matched);
  EXPECT_EQ(listed_as(kOther + "  /mnt/logs/a.evtx\n", source("logs/a.evtx")), ListedAs::differs);
  EXPECT_EQ(listed_as(kOther + "  C:\\logs\\a.evtx\n", source("/in/C:/logs/a.evtx")),
            ListedAs::differs);
  EXPECT_EQ(listed_as(kOther + "  /host1/a.evtx\n", source("/host2/a.evtx")), ListedAs::not_listed);
  EXPECT_EQ(listed_as(kOther + "  b.evtx\n", source("a.evtx")), ListedAs::not_listed);
}

TEST(HashManifest, ALineIsSpokenForOnce) {
  const HashManifest manifest = parsed(kSha256 + "  a.evtx\n" + kOther + "  gone.evtx\n");
  const std::vector<ListedSource> sources{source("host1/a.evtx"),
                                          source("host2/a.evtx", std::string(64, '1'))};
  const ManifestResult result = compare_manifest(manifest, sources);
  EXPECT_EQ(result.sources[0].as, ListedAs::matched);
  EXPECT_EQ(result.sources[1].as, ListedAs::not_listed) << "another host's file of that name";
  EXPECT_EQ(result.not_found, std::vector<std::string>{"gone.evtx"});
}

TEST(HashManifest, OneDigestRightAndAnotherWrongIsADifference) {
  ListedSource one = source("a");
  one.digests.others.emplace_back(OtherHash::md5, kMd5);
  const std::string head = "%%%% HASHDEEP-1.0\n%%%% size,md5,sha256,filename\n3,";
  EXPECT_EQ(listed_as(head + kMd5 + "," + kSha256 + ",b\n", one), ListedAs::matched);
  EXPECT_EQ(listed_as(head + kMd5 + "," + kOther + ",b\n", one), ListedAs::differs);
}

}  // namespace
}  // namespace exhibit::casefile

using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tidy.Tests;

/// <summary>The house is kept: each rule over the whole checkout.</summary>
[TestClass]
public class HouseTests
{
    [TestMethod]
    public void LinesOfCodeFitInto120Columns() => Holds("columns", SourceTree.Sources.SelectMany(Rules.Columns));

    [TestMethod]
    public void FilesHoldAtMost500Lines() => Holds("file-lines", SourceTree.Sources.SelectMany(Rules.FileLength));

    [TestMethod]
    public void MethodsHoldAtMost70Lines() => Holds("method-lines", SourceTree.Sources.SelectMany(Rules.MethodLength));

    [TestMethod]
    public void CommentsNameNoPathOutsideOfTheRepository() =>
        Holds("outside-path", SourceTree.Sources.SelectMany(Rules.OutsidePath));

    [TestMethod]
    public void NamespacesAreFolders() => Holds("namespace", SourceTree.Sources.SelectMany(Rules.Namespace));

    [TestMethod]
    public void EveryPublicMemberOfTheFirmwareIsUsed() => Holds("unused", UnusedMembers.In(SourceTree.Sources));

    [TestMethod]
    public void FiguresOfReadmesAreMadeByAScript() =>
        Holds("figures", SourceTree.Readmes.SelectMany(path => ReadmeFigures.In(path, SourceTree.Read(path))));

    private static void Holds(string rule, IEnumerable<Finding> findings)
    {
        string fault = KnownFindings.Compare(rule, [.. findings]);
        Assert.IsNull(fault, "\n" + fault);
    }
}

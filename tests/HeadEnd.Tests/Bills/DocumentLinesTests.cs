using MeterFirmware.Tools.HeadEnds.Web.Bills;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.HeadEnds.Tests.Bills;

/// <summary>A problem is shown with the line that it lies on.</summary>
[TestClass]
public sealed class DocumentLinesTests
{
    private const string Document = """
        {"name":"x",
         "days":{
           "work":[["00:00","a"],
             ["08:00","b"]],
           "off":[]
         },
         "é":1, "prices":{"a":"1"}}
        """;

    [TestMethod]
    [DataRow("$", 1)]
    [DataRow("$.name", 1)]
    [DataRow("$.days.work[0][1]", 3)]
    [DataRow("$.days.work[1][1]", 4)]
    [DataRow("$.days.off", 5)]
    [DataRow("$.days.off[3][1]", 5)]
    [DataRow("$.prices.a", 7)]
    [DataRow("$.zone", 1)]
    [DataRow("4:12", 4)]
    [DataRow("from", null)]
    public void APathIsOfALine(string path, int? line) => Assert.AreEqual(line, DocumentLines.Of(Document, path));

    [TestMethod]
    public void WhatIsNoJsonHasTheLinesUpToItsMistake()
    {
        Assert.AreEqual(2, DocumentLines.Of("{\"a\":1,\n\"b\":[2,\n,]}", "$.b[0]"));
        Assert.IsNull(DocumentLines.Of("", "$.a"));
    }
}

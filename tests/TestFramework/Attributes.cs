using System;
using System.Collections.Generic;
using System.Reflection;
using System.Runtime.CompilerServices;
using MsTest = Microsoft.VisualStudio.TestTools.UnitTesting;

namespace nanoFramework.TestFramework;

/// <summary>A class of tests; the device's test runner and MSTest both find it by this name.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class TestClassAttribute : MsTest.TestClassAttribute
{
}

/// <summary>A test: public, instance, no return value.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TestMethodAttribute(
    [CallerFilePath] string callerFilePath = "", [CallerLineNumber] int callerLineNumber = -1)
    : MsTest.TestMethodAttribute(callerFilePath, callerLineNumber)
{
}

/// <summary>One set of arguments for a test method.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class DataRowAttribute(params object[] args) : Attribute, MsTest.ITestDataSource
{
    public IEnumerable<object[]> GetData(MethodInfo methodInfo) => [args];

    public string GetDisplayName(MethodInfo methodInfo, object[] data) =>
        methodInfo.Name + " (" + string.Join(", ", data) + ")";
}

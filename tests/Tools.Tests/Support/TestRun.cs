using Microsoft.VisualStudio.TestTools.UnitTesting;

// Classes run beside each other, one a core: ConsoleRoute keeps their output apart.
[assembly: Parallelize(Scope = ExecutionScope.ClassLevel)]

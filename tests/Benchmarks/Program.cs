Console.WriteLine("usage: dotnet run -c Release --project tests/Benchmarks");
return 0;

namespace KernelSockets.UserApps;

/// <summary>Walks an and-or list: decides which pipelines are due and keeps <c>$?</c>. How a command runs is the caller's matter.</summary>
/// <param name="run">Runs a command's words and returns its exit status.</param>
internal sealed class ListEvaluator(Func<string[], int> run)
{
    /// <summary>What <c>$?</c> stands for.</summary>
    public int LastStatus { get; set; }

    /// <summary>Set by <c>exit</c>: nothing more runs.</summary>
    public bool HasExited { get; set; }

    /// <summary>Runs a list from left to right.</summary>
    /// <returns>False when Ctrl-C ended a command: what follows is not to run.</returns>
    public bool Run(AndOrList list)
    {
        foreach ((Connector connector, Pipeline pipeline) in list.Pipelines)
        {
            bool isDue = connector == Connector.Always || (connector == Connector.And) == (LastStatus == 0);
            if (!isDue || HasExited)
            {
                continue;
            }

            LastStatus = run(Expand(pipeline.Commands[0]));
            if (LastStatus == App.InterruptedStatus)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The arguments of a command, the name first.</summary>
    public string[] Expand(SimpleCommand command)
    {
        string[] words = new string[command.Words.Count];
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = command.Words[i].Expand(LastStatus);
        }

        return words;
    }
}

// Stands in for the aliyun command line where that is not installed: it is of the SDK that the command line is
// built on, calls it as the command line does, and knows those of its options that docs/emulator/aliyun-cli.md uses.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
)

var versions = map[string]string{"ecs": "2014-05-26", "vpc": "2016-04-28"}

// command is what the arguments say.
type command struct {
	product, action, endpoint, scheme string
	parameters                        map[string]string
}

func main() {
	asked, err := parse(os.Args[1:])
	if err == nil {
		err = call(asked)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "ERROR:", err)
		os.Exit(1)
	}
}

// parse reads `PRODUCT ACTION`, options, which are in lower case, and the action's parameters, which are not.
func parse(arguments []string) (*command, error) {
	if len(arguments) < 2 || versions[arguments[0]] == "" {
		return nil, fmt.Errorf("neither ecs nor vpc and an action: %s", strings.Join(arguments, " "))
	}
	// Without an option the command line calls over TLS.
	asked := &command{product: arguments[0], action: arguments[1], scheme: "https", parameters: map[string]string{}}
	for rest := arguments[2:]; len(rest) > 0; {
		name := rest[0]
		if name == "--insecure" {
			asked.scheme, rest = "http", rest[1:]
			continue
		}
		if len(rest) < 2 || !strings.HasPrefix(name, "--") {
			return nil, fmt.Errorf("%s has no value", name)
		}
		switch name = name[2:]; {
		case name == "endpoint":
			asked.endpoint = rest[1]
		case strings.ToLower(name[:1]) == name[:1]:
			return nil, fmt.Errorf("unknown option --%s", name)
		default:
			asked.parameters[name] = rest[1]
		}
		rest = rest[2:]
	}
	return asked, nil
}

// call sends one request and prints what was answered, a field on each line.
func call(asked *command) error {
	region := os.Getenv("ALIBABA_CLOUD_REGION_ID")
	key := credentials.NewAccessKeyCredential(
		os.Getenv("ALIBABA_CLOUD_ACCESS_KEY_ID"), os.Getenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET"))
	client, err := sdk.NewClientWithOptions(region, sdk.NewConfig(), key)
	if err != nil {
		return err
	}
	request := requests.NewCommonRequest()
	request.Method, request.Scheme, request.Domain = "POST", asked.scheme, asked.endpoint
	request.RegionId, request.ApiName, request.Version = region, asked.action, versions[asked.product]
	request.QueryParams = asked.parameters
	reply, err := client.ProcessCommonRequest(request)
	if err != nil {
		return err
	}
	var printed bytes.Buffer
	if err := json.Indent(&printed, reply.GetHttpContentBytes(), "", "\t"); err != nil {
		return err
	}
	fmt.Println(printed.String())
	return nil
}
